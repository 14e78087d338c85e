"""Adapters for frameworks, each imported by its own name and only where the framework is installed.

Where a framework sends its requests through an SDK, protecting that SDK's transport is enough, streams
included. These are for what stands above: messages of agents, retrieved nodes, requests of web applications.
"""
