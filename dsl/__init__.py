"""From text to a checked program: source, diagnostics, lexer, parser, tree, types, checker, formatter."""
