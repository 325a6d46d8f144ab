"""HTTP and pages over the assistant; imports assistant and index, and is imported by neither."""
