using ChatBot;

return await ChatBotHost.RunAsync(AppContext.BaseDirectory, Environment.GetEnvironmentVariables());
