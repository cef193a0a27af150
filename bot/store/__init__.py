"""What is kept, and how it is asked for. Knows SQL; sessions are opened and committed by ``engine``."""
