"""The former name of ``assistant.lists``, for the one module that still asks by it."""

from assistant.lists import Catalogue, Listing, catalogue, listed, wants_count
from assistant.understand import Understood

__all__ = ["Catalogue", "Listing", "catalogue", "listing", "wants_count"]


def listing(understood: Understood, known: Catalogue, *, inherited: bool = False) -> Listing | None:
    """The list a question asks for; ``inherited`` says that its date came from an earlier one."""
    return listed(understood, known, within=range(len(known.passages)) if inherited else None)
