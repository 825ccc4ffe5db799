"""How fast pushes are planned and sent: `make bench-push`."""
