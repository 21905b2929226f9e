"""Groups, teams, projects and peer pairs: shapes that no network holds, as integer programs with checked answers."""
