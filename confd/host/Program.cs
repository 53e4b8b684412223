using Sync.Confd.Hosting;

return await ConfdProgram.RunAsync(args, ProgramSurroundings.OfProcess());
