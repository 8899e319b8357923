let go: (path: string) => void = (path) => location.assign(path);

/** The application says how to change the page without loading it again. */
export function setNavigate(navigate: (path: string) => void): void {
  go = navigate;
}

export function navigate(path: string): void {
  go(path);
}

/** For links: lets the browser handle what opens elsewhere. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
  event.preventDefault();
  navigate(link.pathname + link.search + link.hash);
}
