using Sync.Confd.Hosting;

return await ConfdProgram.RunAsync(args, Console.Out, Console.Error, Console.OpenStandardOutput);
