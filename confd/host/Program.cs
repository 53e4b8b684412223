// The entry point is written by the component's first change.
return 0;
