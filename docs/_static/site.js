// The filter of the rule index, the marks of reported lines, and what the theme leaves to be said to screen readers.
document.addEventListener("DOMContentLoaded", () => {
  for (const comment of document.querySelectorAll(".highlight .c1")) {
    if (comment.textContent.startsWith("# error:")) comment.classList.add("reported");
  }
  for (const caption of document.querySelectorAll("p.caption[role=heading]")) caption.setAttribute("aria-level", "2");
  document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "Pages");
  document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");
  for (const scrolled of document.querySelectorAll("pre, .table-wrapper")) scrolled.tabIndex = 0;

  const filter = document.getElementById("rule-filter");
  const rows = [...document.querySelectorAll(".rule-table tbody tr")];
  filter?.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
});
