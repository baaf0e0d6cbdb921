"""What `build.py` does: sets up the environment, builds the site, serves, tests and checks it."""
