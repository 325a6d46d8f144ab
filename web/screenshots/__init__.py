"""Pictures of every page and state, made by ``python -m web.screenshots``."""
