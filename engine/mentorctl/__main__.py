"""`python -m mentorctl` is the same program as `mentorctl`."""

import sys

from mentorctl.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
