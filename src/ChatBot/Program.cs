using ChatBot.Commands;

return await ChatBotCommand.RunAsync(args, AppContext.BaseDirectory, Environment.GetEnvironmentVariables());
