"""Bytes to events: what a transport must offer, and how a stream of bytes becomes events. Pure."""
