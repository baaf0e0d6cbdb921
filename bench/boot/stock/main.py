"""Says that Python is there, and does nothing else: it imports none of the packages that were loaded."""

import js

js.document.documentElement.dataset.ready = "true"
js.document.dispatchEvent(js.Event.new("halt:ready"))
