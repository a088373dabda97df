import { Join } from "./join.jsx";

export default function Page() {
  return <Join />;
}
