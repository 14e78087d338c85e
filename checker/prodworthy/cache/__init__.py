"""Results of earlier runs, kept beside the project and used while nothing they depend on has changed."""
