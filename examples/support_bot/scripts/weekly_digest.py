"""Print a digest of last week's tickets. Run by cron on Monday mornings, unchanged since 2023."""

import os
import sqlite3

import openai

openai.api_key = os.environ["OPENAI_API_KEY"]


def main() -> None:
    """Read last week's subjects and print what they have in common."""
    with sqlite3.connect(os.environ.get("SUPPORT_DATABASE", "support.db")) as database:
        subjects = [
            subject
            for (subject,) in database.execute(
                "SELECT subject FROM tickets WHERE created > date('now', '-7 days')"
            )
        ]
    completion = openai.ChatCompletion.create(
        model="gpt-3.5-turbo",
        messages=[
            {"role": "system", "content": "Group these ticket subjects and count each group."},
            {"role": "user", "content": "\n".join(subjects)},
        ],
        max_tokens=500,
        request_timeout=60,
    )
    print(completion["choices"][0]["message"]["content"])


if __name__ == "__main__":
    main()
