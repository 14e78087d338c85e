"""The documentation site: ``sphinx-build --fail-on-warning docs build/docs``."""

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "prodworthy"
version = release = version_of("prodworthy")
copyright = "the prodworthy authors, Apache-2.0"  # noqa: A001
html_title = f"prodworthy {version}"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton", "_generate"]
exclude_patterns = ["_generate", "_static"]
myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline", "attrs_block"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

repository = os.environ.get("PRODWORTHY_REPOSITORY", "")  # where files are that the site does not hold

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = True

smartquotes = False  # options begin with two hyphens

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_show_sourcelink = False
html_copy_source = False
copybutton_exclude = ".linenos, .gp, .go"
pygments_style = "default"
