"""The frame of every HTML page that a command writes: one file that fetches nothing.

What stands on a page is left to whoever writes it, escaped.
"""

from html import escape


def html_page(title: str, style: str, main: str) -> str:
    """Returns a whole page, in HTML.

    Args:
        title: Of the page; escaped here.
        style: Its style sheet.
        main: What stands on it, in HTML; every word of others in it is escaped.
    """
    # The policy of the page itself: nothing is fetched, no script runs.
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
<main>
{main}</main>
</body>
</html>
"""
