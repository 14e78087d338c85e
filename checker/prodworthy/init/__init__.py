"""What `prodworthy init` sets up: configuration, the hook before a commit, the step in CI."""
