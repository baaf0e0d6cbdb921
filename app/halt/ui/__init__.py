"""The views: each shows one part of the workspace and hands a person's commands to it."""
