"""The inside of the worker that a person's own Python runs in: it knows the browser, and nothing of the page."""
