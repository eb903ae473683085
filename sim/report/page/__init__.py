"""The report page: stored results as one HTML file that needs nothing else.

A chapter per result (`of_run`, `of_sweep`, `of_comparison`, `of_decomposition`, `of_after`, `of_facts`), each made of the parts
in `parts`; `template.html`, `page.css` and `page.js` give them their looks; `write` puts all of it, plotly.js included, into a file.

Text that others wrote reaches the page by two ways only: through the template, which escapes every value, and through
`chart.as_json`, which escapes every string of a chart that is not marked as our own.
"""
