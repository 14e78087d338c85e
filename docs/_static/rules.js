// The filter of the rule index, and the marks of reported lines in examples.
document.addEventListener("DOMContentLoaded", () => {
  for (const comment of document.querySelectorAll(".highlight .c1")) {
    if (comment.textContent.startsWith("# error:")) comment.classList.add("reported");
  }
  const filter = document.getElementById("rule-filter");
  if (!filter) return;
  const rows = [...document.querySelectorAll(".rule-table tbody tr")];
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
});
