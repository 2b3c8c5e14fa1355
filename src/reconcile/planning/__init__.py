"""Changes → Plan. Knows a database only through the Rules it is handed."""
