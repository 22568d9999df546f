import type { ReactNode } from "react";
import { Route, Switch } from "wouter";
import { Person } from "./person.tsx";
import { Search } from "./search.tsx";

/** Who is this, what is known of them, and why are they where they are? */
export default function PeopleRoom(): ReactNode {
  return (
    <Switch>
      <Route path="/people/:id">{({ id }) => <Person key={id} id={id} />}</Route>
      <Route>
        <Search />
      </Route>
    </Switch>
  );
}
