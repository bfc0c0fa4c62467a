/** What others may see of a visitor. */

/** A visitor as others may see them. `color` is `#rrggbb`; `id` is the identity, the colour never is. */
export interface Person {
  id: string;
  color: string;
  name: string;
}
