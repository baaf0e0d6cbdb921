"""Makes the whole page one HTML file, out of the site as it was built."""
