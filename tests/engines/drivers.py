"""Starts an engine with its driver: what tools/engines.py has found on this machine stands in the environment."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver

WEBKIT_WINDOW = Path(__file__).with_name("webkit_window.py")


def start(folder: Path) -> WebDriver:
    """Start the engine that HALT_ENGINE names, as a browser that was never used; what it keeps may go into `folder`."""
    made = {"firefox": _firefox, "webkit": _webkit}[os.environ["HALT_ENGINE"]](folder)
    made.set_window_size(1280, 900)
    made.set_script_timeout(60)
    return made


def _firefox(_folder: Path) -> WebDriver:
    options = webdriver.FirefoxOptions()
    options.binary_location = os.environ["HALT_ENGINE_BROWSER"]
    options.add_argument("-headless")
    return webdriver.Firefox(options, webdriver.FirefoxService(os.environ["HALT_ENGINE_DRIVER"]))


def _webkit(folder: Path) -> WebDriver:
    options = webdriver.WebKitGTKOptions()
    options.binary_location = os.environ["HALT_ENGINE_BROWSER"]
    for argument in (str(WEBKIT_WINDOW), str(folder)):
        options.add_argument(argument)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Selenium's own, of what it does here itself
        return webdriver.WebKitGTK(options, service=webdriver.WebKitGTKService(os.environ["HALT_ENGINE_DRIVER"]))
