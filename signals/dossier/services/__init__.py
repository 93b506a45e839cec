"""What changes a dossier: putting it together, making it, giving it, ending it."""
