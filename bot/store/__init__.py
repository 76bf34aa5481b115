"""The database: tables, engine, keys, migrations, retention."""
