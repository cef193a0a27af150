"""What a coordinator does in chat: invitations, pairs, schedules. Functions of (session, who, what), giving effects."""
