"""Print a digest of last week's tickets. Run by cron on Monday mornings, and never in a hurry."""

import os
import sqlite3

from openai import OpenAI

client = OpenAI(timeout=60, max_retries=5)


def main() -> None:
    """Read last week's subjects and print what they have in common."""
    with sqlite3.connect(os.environ.get("SUPPORT_DATABASE", "support.db")) as database:
        subjects = [
            subject
            for (subject,) in database.execute(
                "SELECT subject FROM tickets WHERE created > date('now', '-7 days')"
            )
        ]
    completion = client.chat.completions.create(
        model="gpt-6-luna",
        messages=[
            {"role": "system", "content": "Group these ticket subjects and count each group."},
            {"role": "user", "content": "\n".join(subjects)},
        ],
        max_completion_tokens=500,
    )
    print(completion.choices[0].message.content)


if __name__ == "__main__":
    main()
