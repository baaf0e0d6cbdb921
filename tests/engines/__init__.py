"""The same page in Firefox and WebKit, driven by Selenium: `python build.py test --engines`."""
