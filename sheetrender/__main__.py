"""`python -m sheetrender` is the same as `sheetrender`."""

from sheetrender.cli.main import main

if __name__ == "__main__":
    main(prog_name="sheetrender")
