using Clock;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://+:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.ConfigureHttpJsonOptions(options =>
    options.SerializerOptions.TypeInfoResolverChain.Insert(0, JsonContext.Default));

var app = builder.Build();
var team = Team.Read(Path.Combine(AppContext.BaseDirectory, "team.json"));

app.MapGet("/", (TimeProvider time) => Results.Text(team.Page(time.GetUtcNow()), "text/html; charset=utf-8"));
app.MapGet("/health", () => Results.Text("ok\n"));
app.MapGet("/api/team", (TimeProvider time) => team.At(time.GetUtcNow()));
app.MapGet("/api/now", (string zone, TimeProvider time) =>
    TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
        ? Results.Ok(new ZoneTime(found.Id, TimeZoneInfo.ConvertTime(time.GetUtcNow(), found)))
        : Results.NotFound(new Refusal($"there is no time zone '{zone}'")));

app.Run();
