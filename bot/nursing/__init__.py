"""What a nurse does in chat: alerts, clients, presence. Functions of (session, who, what), giving effects."""
