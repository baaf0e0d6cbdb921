"""Measures whole chats beside each other: Halt, and what people would use instead."""
