/** The public view of visitors, in every contract. */

/** What others may see of a visitor. `color` is `#rrggbb`. Only `id` identifies a visitor. */
export interface Person {
  id: string;
  color: string;
  name: string;
}
