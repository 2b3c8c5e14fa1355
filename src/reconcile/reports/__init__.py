"""Views of plans, revisions and states: text, SQL, JSON, HTML, models. Values in, text out; prints nothing."""
