Console.WriteLine("The practice workspace is being built.");
