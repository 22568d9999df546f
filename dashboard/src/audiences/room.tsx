import type { ReactNode } from "react";
import { Route, Switch } from "wouter";
import { AudienceScreen } from "./audience.tsx";
import { AudienceList } from "./list.tsx";
import { NewAudience } from "./editor.tsx";

/** No key begins so. */
const NEW = "+new";

/** Which groups of people are there, what do they mean, and how do they move? */
export default function AudienceRoom(): ReactNode {
  return (
    <Switch>
      <Route path="/audiences/:key">
        {({ key }) => (key === NEW ? <NewAudience /> : <AudienceScreen key={key} audienceKey={key} />)}
      </Route>
      <Route>
        <AudienceList />
      </Route>
    </Switch>
  );
}
