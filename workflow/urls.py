# Pages follow.
app_name = "workflow"
urlpatterns: list = []
