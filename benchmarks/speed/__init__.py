"""How fast Alongside is, against what others need for less."""
