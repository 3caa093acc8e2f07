using ChatBot.Sandbox;

using var ending = new Ending();
return await SandboxCommand.Create(ending.Token).Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = null });
