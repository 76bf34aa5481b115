"""Messages in watched channels, counted once each."""
