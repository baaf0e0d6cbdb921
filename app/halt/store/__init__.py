"""What is kept, and in which shape. Pure."""
