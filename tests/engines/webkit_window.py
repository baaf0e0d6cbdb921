"""A window of WebKitGTK that a driver may open, and that keeps what sites store, in the folder that it is given.

The MiniBrowser that comes with the driver is driven in a private session, whose Cache API loses its contents with each
reload. This runs in the system's Python, which has the bindings; `WebKitWebDriver` starts it.
"""

from __future__ import annotations

import sys
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402 (the versions have to be said first)


def main(folder: str) -> None:
    """Wait for the driver, and open the windows that it asks for, until it ends this process."""
    keeping = WebKit2.WebsiteDataManager(base_data_directory=folder, base_cache_directory=folder)
    context = WebKit2.WebContext.new_with_website_data_manager(keeping)
    context.set_automation_allowed(True)

    def opened(_session: Any) -> Any:
        view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
        window = Gtk.Window(default_width=1280, default_height=900)
        window.add(view)
        window.show_all()
        return view

    def started(_context: Any, session: Any) -> None:
        info = WebKit2.ApplicationInfo()
        info.set_name("MiniBrowser")  # what Selenium asks for
        info.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
        session.set_application_info(info)
        session.connect("create-web-view", opened)

    context.connect("automation-started", started)
    Gtk.main()


if __name__ == "__main__":
    main(sys.argv[1])
