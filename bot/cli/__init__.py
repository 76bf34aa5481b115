"""What each command of the command line does; `bot.__main__` says how it is called."""
