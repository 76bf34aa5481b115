"""Channels, stages, members' choices and Home: how people steer Fairview."""
